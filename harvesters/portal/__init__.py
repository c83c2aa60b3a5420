"""Portal mode: another CKAN portal, or one of our own above or below (county, city, province)."""
