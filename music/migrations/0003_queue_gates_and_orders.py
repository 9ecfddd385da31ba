
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('journeys', '0002_sound_of_a_journey'),
        ('music', '0002_remakes_peaks_midi'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('counts', models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='ProviderGate',
            fields=[
                ('provider', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='provider')),
                ('turn', models.BigIntegerField(default=0, help_text='Of the piece that was let in last')),
                ('limit', models.PositiveIntegerField(blank=True, help_text='How many the provider lets run at once', null=True)),
                ('not_before', models.DateTimeField(blank=True, null=True)),
                ('strikes', models.PositiveIntegerField(default=0, help_text='Refusals in a row')),
                ('pause_code', models.CharField(blank=True, choices=[('', '–'), ('staff', 'by staff'), ('key_refused', 'the key was refused'), ('region_refused', 'not served in this region'), ('credit_used_up', 'the credit is used up'), ('provider_misconfigured', 'does not understand us'), ('unreachable', 'does not answer'), ('storage', 'the storage refuses files')], default='', max_length=40, verbose_name='paused')),
                ('pause_detail', models.CharField(blank=True, default='', max_length=500, verbose_name='why')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='since')),
                ('probe_at', models.DateTimeField(blank=True, help_text='When to look whether the reason is gone', null=True)),
                ('probes', models.PositiveIntegerField(default=0)),
                ('alerted_code', models.CharField(blank=True, default='', help_text='What staff were told', max_length=40)),
                ('knocked_at', models.DateTimeField(blank=True, null=True)),
                ('balance_cents', models.BigIntegerField(blank=True, null=True, verbose_name='balance')),
                ('spending_cents', models.BigIntegerField(blank=True, null=True, verbose_name='spent')),
                ('account_seen_at', models.DateTimeField(blank=True, null=True, verbose_name='account read at')),
                ('account_asked_at', models.DateTimeField(blank=True, null=True)),
                ('account_error', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'verbose_name': 'provider gate',
                'verbose_name_plural': 'provider gates',
                'ordering': ['provider'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='musictrack',
            name='track_generating_was_claimed',
        ),
        migrations.RemoveIndex(
            model_name='musictrack',
            name='track_due',
        ),
        migrations.AddField(
            model_name='musictrack',
            name='arrived_late',
            field=models.BooleanField(default=False, help_text='Given up, but the paid piece is there: a retry takes it in', verbose_name='arrived late'),
        ),
        migrations.AddField(
            model_name='musictrack',
            name='fetches',
            field=models.PositiveSmallIntegerField(default=0, help_text='Downloads that were no good'),
        ),
        migrations.AddField(
            model_name='musictrack',
            name='turn',
            field=models.BigIntegerField(blank=True, help_text='Its turn in the fair queue; set exactly while it is pending', null=True),
        ),
        migrations.AddField(
            model_name='submissionattempt',
            name='details',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='submissionattempt',
            name='note',
            field=models.CharField(blank=True, default='', max_length=500, verbose_name='note'),
        ),
        migrations.AddField(
            model_name='submissionattempt',
            name='resolved_by',
            field=models.CharField(blank=True, default='', max_length=150, verbose_name='resolved by'),
        ),
        migrations.AddField(
            model_name='submissionattempt',
            name='track_ref',
            field=models.UUIDField(help_text="The track's id, also after it is gone", null=True),
        ),
        migrations.AddField(
            model_name='submissionattempt',
            name='watch_at',
            field=models.DateTimeField(blank=True, help_text='When to ask again after a paid piece that we had given up on', null=True),
        ),
        migrations.AlterField(
            model_name='musictrack',
            name='deadline_at',
            field=models.DateTimeField(blank=True, help_text='Set exactly while it is being made', null=True),
        ),
        migrations.AlterField(
            model_name='musictrack',
            name='due_at',
            field=models.DateTimeField(blank=True, help_text='Set exactly while it is unfinished', null=True),
        ),
        migrations.AlterField(
            model_name='submissionattempt',
            name='track',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='attempts', to='music.musictrack'),
        ),
        migrations.AlterField(
            model_name='trackevent',
            name='kind',
            field=models.CharField(choices=[('requested', 'requested'), ('claimed', 'claimed'), ('rewritten', 'brief rewritten'), ('entered', 'entered a stage'), ('held', 'held'), ('completed', 'completed'), ('failed', 'failed'), ('cancelled', 'cancelled'), ('retried', 'retried'), ('remake', 'asked for anew'), ('remade', 'replaced by the new one'), ('arrived', 'arrived late'), ('switched', 'given to another provider'), ('dismissed', 'the new one given up')], max_length=10),
        ),
    ]
