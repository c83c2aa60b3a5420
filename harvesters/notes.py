"""What a harvest reports: kept as code and parameters, said in the reader's language.

Codes of files that cannot be read are those of `desensitize`; the others are here. Parameters are
names, counts and row numbers, never a value of the data.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk

from desensitize.messages import MESSAGES
from desensitize.problems import Problem


@dataclass(frozen=True)
class Note:
    """One line of a report. `code` is a key of `sentences()` or of `desensitize.messages`."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def stored(self) -> str:
        """As it is kept in ckanext-harvest's error records."""
        return json.dumps({"code": self.code, "params": self.params}, ensure_ascii=False)

    def say(self) -> str:
        """The sentence in the language of the request, or the site's outside of one."""
        if self.code in MESSAGES:
            language = tk.h.lang() or tk.config["ckan.locale_default"]
            return Problem(self.code, self.params).message(language)
        return sentences()[self.code].format(**self.params)

    @property
    def file(self) -> str:
        """The file that it is about, as the source names it."""
        return str(self.params.get("file", ""))


class SourceError(Exception):
    """A fault of the source, told to its owner: what is wrong, where, and what to do.

    `passing`: the same may succeed a little later, so the runner tries again.
    """

    def __init__(self, code: str, *, passing: bool = False, **params: Any) -> None:
        self.note = Note(code, params)
        self.passing = passing
        super().__init__(code)


def read(stored: str) -> Note | None:
    """The note behind a stored message; None for the plain text of other harvesters."""
    try:
        data = json.loads(stored)
        note = Note(data["code"], data["params"])
    except (ValueError, KeyError, TypeError):
        return None
    return note if note.code in MESSAGES or note.code in sentences() else None


def say(stored: str) -> str:
    """A stored message in the reader's language."""
    note = read(stored)
    return note.say() if note else tk._(stored) if stored else ""


def sentences() -> dict[str, str]:
    """The harvest's own sentences."""
    return {
        "gone": tk._(
            "{file} is no longer at the source. What the portal has stays as it is; "
            "propose its withdrawal if it shall end."
        ),
        "breaker": tk._(
            "{n} of {total} records are no longer at the source. That is more than may go without "
            "a question, so nothing was collected. If it is right, allow it on the source's page "
            "and start again."
        ),
        "same_as_other": tk._(
            "{file}: another department already provides “{title}”. One datum has one source: "
            "the data authority decides whose data count, and the record waits until then."
        ),
        "other_counts": tk._(
            "{file}: the data authority has decided that the data of another department count."
        ),
        "rule_column": tk._(
            "{file}: the rules of the source name columns that are not there: {column}"
        ),
        "rule_required": tk._("{file}, column {column}: {count} rows are empty: {rows}"),
        "rule_type": tk._("{file}, column {column}: {count} rows are of another type: {rows}"),
        "rule_range": tk._("{file}, column {column}: {count} rows are out of range: {rows}"),
        "rule_pattern": tk._(
            "{file}, column {column}: {count} rows do not fit the pattern: {rows}"
        ),
        "rule_one_of": tk._(
            "{file}, column {column}: {count} rows have a value not listed: {rows}"
        ),
        "rule_digits": tk._(
            "{file}, column {column}: {count} rows have a wrong check digit: {rows}"
        ),
        "rule_unique": tk._(
            "{file}, column {column}: {count} rows repeat an earlier value: {rows}"
        ),
        "rule_reference": tk._(
            "{file}, column {column}: {count} rows are not in the reference table: {rows}"
        ),
        "no_reference": tk._("The reference table {file} cannot be read."),
        "file_gone": tk._(
            "{file} is no longer in the folder. What the portal has stays as it is; "
            "propose its withdrawal if it shall end."
        ),
        "link_outside": tk._(
            "{file} is a link that leads out of the source folder. Put the file itself there."
        ),
        "path_outside": tk._("{file}: the path leaves the source folder."),
        "not_a_file": tk._("{file} is neither a file nor a folder, or it is gone."),
        "no_files": tk._("{file}: the folder holds no file that can be collected."),
        "cannot_open": tk._("{file} cannot be opened. Give the portal the right to read it."),
        "changed_while_read": tk._(
            "{file} changed while it was read. It is collected at the next run."
        ),
        "too_large": tk._("{file} has {size} MB; at most {limit} MB are taken. Split the file."),
        "description_broken": tk._("{file}, row {row}: the description cannot be read."),
        "description_not_table": tk._("{file}: the description must be a table of fields."),
        "refused": tk._("{file}: the portal refused it. {reason}"),
        "dataset_deleted": tk._(
            "{file}: its dataset was deleted in the portal. Rename the file to begin a new one."
        ),
        "no_department": tk._("The source belongs to no department; edit it and choose one"),
        "address": tk._("The address of a folder begins with file:///"),
        "folder_refused": tk._(
            "{file}: sources of this department read the folder of its name in those that the "
            "operator allows (govshare.harvest.folders)."
        ),
        "no_folder": tk._("There is no such folder: {file}"),
        "no_such_host": tk._("There is no host {file}."),
        "network_refused": tk._(
            "{file} is in a network that this source may not reach. Name it in “allow” and have "
            "the source approved by the data authority."
        ),
        "address_web": tk._("{file}: the address begins with https:// or http://"),
        "not_there": tk._("{file} is listed by the portal, but not there."),
        "database_address": tk._(
            "The address of a database reads postgresql://host:port/name, mysql://host:port/name "
            "or sqlite:////folder/file"
        ),
        "database": tk._("The database {file} refused or broke off ({reason})."),
        "can_write": tk._(
            "The credentials for {file} may change data. Make an account that may only read, or "
            "say in “may_write” why there is none."
        ),
        "no_table": tk._("There is no table {file}."),
        "no_column": tk._("{file} has no column {column}."),
        "secret_in_address": tk._(
            "The address holds a user or a password. Enter them as credentials on its page."
        ),
        "leads_away": tk._("{file} leads away from the source's address."),
        "too_many_pages": tk._("{file} did not end after {pages} pages."),
        "redirect_open": tk._("{file} leads from an encrypted to an open connection."),
        "too_many_redirects": tk._("{file} leads from address to address without end."),
        "too_slow": tk._("{file} took more than {seconds} seconds."),
        "certificate": tk._("{file}: the certificate of the server is not valid."),
        "answered": tk._("{file} answered with status {status}."),
        "not_understood": tk._("{file} did not answer in the form that the settings say: {reason}"),
        "no_secret": tk._("The source needs credentials ({names}). Enter them on its page."),
        "no_answer": tk._("{file} did not answer. It is tried again."),
        "settings": tk._("The settings of the source cannot be used: {reason}"),
        "too_long": tk._("{file} took too long and was left. It is tried again at the next run."),
        "gave_up": tk._("{file} broke the run {tries} times and was left out. Tell the operator."),
        "run_too_long": tk._(
            "The run took more than {hours} hours and was ended. The next run takes the rest."
        ),
        "crashed": tk._("An error of the portal ({reason}). Tell the operator."),
        "stopped": tk._("The run was stopped by {user}."),
    }
