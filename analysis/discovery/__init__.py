"""In which worlds does something happen? Scenario discovery by PRIM and CART."""
