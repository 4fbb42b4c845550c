"""The web application: pages for clinician, auditor, guideline author and administrator, and the JSON interface beside them."""
