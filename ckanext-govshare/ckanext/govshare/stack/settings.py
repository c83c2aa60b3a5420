"""Writes the portal's settings file, `portal/ckan.ini`, from the data folder's facts.

The file is written anew at every start. What a site chooses for itself is in `site.ini`, which the
operator owns; what holds the walls up (`FIXED`) cannot be chosen there.
"""

from __future__ import annotations

import configparser
from pathlib import Path

from ckanext.govshare.stack.errors import StackError
from ckanext.govshare.stack.language import _
from ckanext.govshare.stack.plugins import PLUGINS
from ckanext.govshare.stack.processes import private_write
from ckanext.govshare.stack.services import Services

FIXED = {
    # One person, one account, one office at a time: nobody makes a publisher of himself.
    "ckan.auth.anon_create_dataset": "false",
    "ckan.auth.create_unowned_dataset": "false",
    "ckan.auth.create_dataset_if_not_in_organization": "false",
    "ckan.auth.user_create_groups": "false",
    "ckan.auth.user_create_organizations": "false",
    "ckan.auth.user_delete_groups": "false",
    "ckan.auth.user_delete_organizations": "false",
    "ckan.auth.create_user_via_api": "false",
    "ckan.auth.public_user_details": "false",
    "ckan.auth.allow_dataset_collaborators": "false",
    "ckan.auth.allow_admin_collaborators": "false",
    "ckan.auth.reveal_private_datasets": "false",
    # No way to the rows or files beside the gate.
    "ckan.datastore.sqlsearch.enabled": "false",
    "ckan.datastore.public_table_search": "",
    "ckan.files.authenticated_uploads.allow": "false",
    "ckan.files.authenticated_uploads.storages": "",
    "ckan.views.default_views": "",
    "ckan.valid_url_schemes": "http https",
    "ckan.cors.origin_allow_all": "false",
    # No request to any outside host, by the server or by a browser.
    "ckan.gravatar_default": "disabled",
    # Sessions.
    "SESSION_COOKIE_HTTPONLY": "true",
    "SESSION_COOKIE_SAMESITE": "Lax",
    "REMEMBER_COOKIE_HTTPONLY": "true",
    "REMEMBER_COOKIE_SAMESITE": "Lax",
    "WTF_CSRF_ENABLED": "true",
    "debug": "false",
    "ckan.hide_version": "true",
}

DEFAULTS = {
    "ckan.site_title": "政务数据开放平台",
    "ckan.locale_default": "zh_Hans_CN",
    "ckan.locales_offered": "zh_Hans_CN en",
    "ckan.locale_order": "zh_Hans_CN en",
    "ckan.display_timezone": "Asia/Shanghai",
    "ckan.auth.route_after_login": "govshare_portal.workbench",
    "ckan.auth.create_user_via_web": "true",
    "ckan.max_resource_size": "200",
    "ckan.max_image_size": "2",
    "ckan.jobs.timeout": "3600",
    "ckan.search.rows_max": "1000",
    "govshare.profile": "nanyang",
}

SITE_TEMPLATE = """\
# Settings of this site. Kept across upgrades; read at every start.
# 本站点的设置。升级时保留，每次启动时读取。
[app:main]
# The address that people use, as the reverse proxy serves it. 对外访问地址（反向代理）。
# ckan.site_url = https://data.example.gov.cn
# ckan.site_title = 政务数据开放平台
# The regulation that applies: linyi nanyang yunnan zhongshan tengzhou. 适用的规定。
# govshare.profile = nanyang
# The folders that sources of file mode may read. 文件方式的归集源可以读取的文件夹。
# govshare.harvest.folders = /srv/departments
# Mail. 邮件。
# smtp.server = mail.example.gov.cn:25
# smtp.mail_from = data@example.gov.cn
"""

LOGGING = """
[loggers]
keys = root

[handlers]
keys = console

[formatters]
keys = plain

[logger_root]
level = WARNING
handlers = console

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = plain

[formatter_plain]
format = %(asctime)s %(levelname)-5.5s [%(name)s] %(message)s
"""


def write(services: Services, port: int, overrides: dict[str, str] | None = None) -> Path:
    """Write `portal/ckan.ini` for a portal on `port`, return its path; `overrides` is for tests."""
    path = services.data_dir / "portal" / "ckan.ini"
    site = _site(services.data_dir)
    site_url = f"http://127.0.0.1:{port}"
    values = {
        "use": "egg:ckan",
        "ckan.site_id": "govshare",
        "ckan.site_url": site_url,
        **DEFAULTS,
        "govshare.harvest.folders": str(services.data_dir / "sources"),
        **site,
        **_facts(services),
        **FIXED,
        "ckan.plugins": " ".join(PLUGINS),
        **(overrides or {}),
    }
    https = values["ckan.site_url"].startswith("https:")
    values |= {"SESSION_COOKIE_SECURE": str(https), "REMEMBER_COOKIE_SECURE": str(https)}
    lines = [f"{key} = {value.replace('%', '%%')}" for key, value in values.items()]
    private_write(path, "[app:main]\n" + "\n".join(lines) + "\n" + LOGGING)
    return path


def read(ini: str | Path) -> dict[str, str]:
    """The settings of a file that `write` made."""
    parser = _parser()
    parser.read(ini, encoding="utf-8")
    return {key: value.replace("%%", "%") for key, value in parser["app:main"].items()}


def ignored(data_dir: Path) -> list[str]:
    """A line for each setting of `site.ini` that the portal does not let a site choose."""
    return [
        _("site.ini: {key} is fixed and was ignored.", key=key)
        for key in _site(data_dir) if key in FIXED or key == "ckan.plugins"
    ]


def _site(data_dir: Path) -> dict[str, str]:
    path = data_dir / "site.ini"
    if not path.exists():
        private_write(path, SITE_TEMPLATE)
    parser = _parser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise StackError(
            _("{file} cannot be read: {reason}", file=path, reason=error),
            _("Correct the line, in UTF-8: name = value."),
        ) from None
    return dict(parser["app:main"]) if parser.has_section("app:main") else {}


def _parser() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]  # keep the case of keys
    return parser


def _facts(services: Services) -> dict[str, str]:
    secrets, data_dir = services.secrets, services.data_dir
    return {
        "SECRET_KEY": secrets["secret_key"],
        "WTF_CSRF_SECRET_KEY": secrets["csrf"],
        "api_token.jwt.algorithm": "HS256",
        "api_token.jwt.encode.secret": f"string:{secrets['jwt']}",
        "api_token.jwt.decode.secret": f"string:{secrets['jwt']}",
        "sqlalchemy.url": services.database.catalogue,
        "sqlalchemy.pool_pre_ping": "true",
        "ckan.datastore.write_url": services.database.datastore_write,
        "ckan.datastore.read_url": services.database.datastore_read,
        "ckan.redis.url": services.redis_url,
        "solr_url": services.search_url,
        "ckan.storage_path": str(services.storage),
        "ckan.webassets.path": str(data_dir / "portal" / "webassets"),
        "govshare.data_dir": str(services.storage / "govshare"),
    }
