from ckanext.govshare.migration.environment import run

run("govshare_catalogue")
