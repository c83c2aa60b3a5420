"""Where departments connect their sources; on the frame of ckanext-harvest."""
