"""Ways to tell somebody that an alert fired or is over. Users never give an address."""
