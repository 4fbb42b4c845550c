"""Entering a patient: fields and answers, and what follows from them, worked out in processes of their own."""
