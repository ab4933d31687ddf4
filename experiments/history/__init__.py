"""Runs of the years 2015 to 2028 over worlds of the posterior, and the forecast that is made of them."""
