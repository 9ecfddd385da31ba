"""Static files with the digest of their content in the name, imports of JavaScript modules included."""

from django.contrib.staticfiles.storage import ManifestFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django names them for nobody, but keeps them by themselves; a test sees to it that they work.
_, IMPORTS = ManifestFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """Django leaves the names inside `import … from` alone unless told otherwise; a cached module would go stale.

    Only our own modules are looked through: to look for imports in the megabytes that others bring for the admin and
    the API's pages, which have none, took most of the time of a first start.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("js/*.js", IMPORTS)
