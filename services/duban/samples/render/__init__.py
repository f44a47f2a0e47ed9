"""Manuscripts as files: html, docx, pdf, plain text, markdown."""
