"""The web application, by requests as browsers send them."""
