"""Static files with the digest of their content in the name, imports of JavaScript modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """Django leaves the names inside `import … from` alone unless told otherwise; a cached module would go stale."""

    support_js_module_import_aggregation = True
