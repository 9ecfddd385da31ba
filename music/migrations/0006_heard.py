from django.db import migrations, models
from django.db.models import F


def count_as_heard(apps, schema_editor):
    """Nobody noted until now who had played what: a mark at every old piece would say nothing."""
    track = apps.get_model("music", "MusicTrack")
    track.objects.filter(file_size__isnull=False).update(heard_at=F("finished_at"))


class Migration(migrations.Migration):

    dependencies = [("music", "0005_what_the_database_refuses")]

    operations = [
        migrations.AddField(
            model_name='musictrack',
            name='heard_at',
            field=models.DateTimeField(blank=True, help_text='First played by its reader, as it is now', null=True, verbose_name='heard at'),
        ),
        migrations.RunPython(count_as_heard, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='musictrack',
            index=models.Index(condition=models.Q(('file_size__isnull', False), ('heard_at__isnull', True)), fields=['owner'], name='track_unheard'),
        ),
        migrations.AddConstraint(
            model_name='musictrack',
            constraint=models.CheckConstraint(condition=models.Q(('file_size__isnull', False), ('heard_at__isnull', True), _connector='OR'), name='track_heard_only_with_file'),
        ),
    ]
