"""What the codes of reasons mean in English; facts recorded before English was kept have these."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "scanned": "The file holds pictures and no text (a scan or a screenshot): please provide the "
    "original with its text.",
    "error_page": "This is an error page or a refusal of the website, not a report: please check "
    "the address and fetch it again.",
    "script_only_page": "The page is filled by scripts and holds no text of its own: please "
    "download the file of the report and check that.",
    "empty": "There is nothing in the file: please check that the right file was uploaded, whole.",
    "list_page": "This page lists reports and is none itself: please open the report.",
    "several_reports": "The file holds several annual reports: please split it and check each.",
    "unfilled_template": "This is the blank form of an annual report: please provide one that is "
    "filled in.",
    "not_a_report": "This is no annual report on open government information: neither its title "
    "nor the parts and tables of the form were found.",
    "corrupt": "The file is damaged and cannot be read: please export it again from the original, "
    "or fetch it again.",
    "unknown_encoding": "In which encoding the text was written cannot be told, and none was read: "
    "please save it as UTF-8, or provide .docx or PDF with text.",
    "truncated": "The file is incomplete, its end is missing: please download or upload it again.",
    "encrypted": "The file is protected by a password: please provide one that is not.",
    "too_large": "The file is larger, or needs more to be read, than any report: please provide "
    "the report alone, with smaller pictures.",
    "expands_too_far": "The file expands far beyond what a report holds: please check its source.",
    "unsupported": "Files of this kind are not read: please save it as .docx, PDF with text, "
    "html, plain text or Markdown.",
    "timed_out": "Reading took too long and was ended; the file may be damaged or too complex: "
    "please save it as .docx and try again.",
    "internal_error": "Reading failed by a fault of this program, not of the file, and nothing was "
    "concluded: please send the log to those who maintain it.",
    "unassigned": "Which agency and year the report is of cannot be told for certain: please have "
    "an officer say.",
    "not_judged": "The report was found and is not judged yet.",
    "withdrawn": "The report that was posted is gone from its address.",
    "not_found": "There is no such file: please check the path.",
    "not_permitted": "The file may not be read: please check its permissions.",
    "not_opened": "The file cannot be opened: please check disk and path.",
}
