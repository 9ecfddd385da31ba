"""The Celery application: settings are Django's under the CELERY_ prefix; tasks know whose request they serve."""

import os
from typing import Any

from celery import Celery, Task

from music.logcontext import REQUEST_HEADER, request_in_hand, request_in_logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readingjourney.settings")


class RequestTask(Task):  # type: ignore[misc]  # untyped library
    """Sends the id of the request in hand along with the message, and takes it up again in the worker."""

    def apply_async(self, *arguments: Any, headers: dict[str, Any] | None = None, **options: Any) -> Any:
        if request_id := request_in_hand():
            headers = {REQUEST_HEADER: request_id, **(headers or {})}
        return super().apply_async(*arguments, headers=headers, **options)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        with request_in_logs(self.request.get(REQUEST_HEADER) or request_in_hand()):
            return self.run(*arguments, **named)


app = Celery("readingjourney", task_cls=RequestTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
