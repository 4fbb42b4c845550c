"""What the web application keeps: accounts, sessions, the charts of patients that are being entered, and edited copies of rules."""
