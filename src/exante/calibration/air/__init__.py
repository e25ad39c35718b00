"""Air beside what stations measured and what the city published by street."""
