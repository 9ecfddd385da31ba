from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    """What waits now waits in the order of its requests; only what is being made has a deadline."""
    track = apps.get_model("music", "MusicTrack")
    track.objects.filter(status="pending").update(turn=0)
    track.objects.exclude(status="generating").filter(deadline_at__isnull=False).update(deadline_at=None)
    # Given back where nobody looked at it again: a lost worker's, which the next sweep takes over.
    given_back = track.objects.filter(status="generating", lease_until=None).exclude(stage__in=["waiting", "fetching"])
    given_back.update(lease_until=F("due_at"))
    for name in set(track.objects.filter(status__in=["pending", "generating"]).values_list("provider", flat=True)):
        apps.get_model("music", "ProviderGate").objects.get_or_create(provider=name)
    apps.get_model("music", "SubmissionAttempt").objects.filter(track_ref=None).update(track_ref=F("track_id"))


class Migration(migrations.Migration):

    dependencies = [("music", "0003_queue_gates_and_orders")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
