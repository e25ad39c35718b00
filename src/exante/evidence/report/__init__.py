"""The report of a forecast: one HTML file, its charts, and its words."""

from exante.evidence.report.page import report_html, write_report

__all__ = ["report_html", "write_report"]
