"""Patient facts: what is declared, what a patient file says, and the four states of not always knowing."""
