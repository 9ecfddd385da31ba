from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("music", "0004_turns_of_what_waits")]

    operations = [
        migrations.AlterField(
            model_name='submissionattempt',
            name='track_ref',
            field=models.UUIDField(help_text="The track's id, also after it is gone"),
        ),
        migrations.AddIndex(
            model_name='musictrack',
            index=models.Index(condition=models.Q(('replaces__isnull', False)), fields=['replaces'], name='track_remake'),
        ),
        migrations.AddIndex(
            model_name='musictrack',
            index=models.Index(condition=models.Q(('deadline_at__isnull', False)), fields=['due_at'], name='track_due'),
        ),
        migrations.AddIndex(
            model_name='musictrack',
            index=models.Index(condition=models.Q(('deadline_at__isnull', False)), fields=['provider', 'owner'], name='track_inside'),
        ),
        migrations.AddIndex(
            model_name='musictrack',
            index=models.Index(condition=models.Q(('turn__isnull', False)), fields=['provider', 'turn', 'requested_at'], name='track_queue'),
        ),
        migrations.AddIndex(
            model_name='musictrack',
            index=models.Index(condition=models.Q(('turn__isnull', False)), fields=['owner', 'provider', 'turn'], name='track_owner_queue'),
        ),
        migrations.AddIndex(
            model_name='submissionattempt',
            index=models.Index(condition=models.Q(('watch_at__isnull', False)), fields=['watch_at'], name='attempt_watch'),
        ),
        migrations.AddIndex(
            model_name='submissionattempt',
            index=models.Index(fields=['state', 'closed_at'], name='attempt_state_closed'),
        ),
        migrations.AddIndex(
            model_name='trackevent',
            index=models.Index(fields=['at'], name='event_at'),
        ),
        migrations.AddConstraint(
            model_name='musictrack',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'generating'), ('fencing_token__gt', 0), ('deadline_at__isnull', False)), models.Q(models.Q(('status', 'generating'), _negated=True), ('deadline_at__isnull', True)), _connector='OR'), name='track_generating_was_claimed'),
        ),
        migrations.AddConstraint(
            model_name='musictrack',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'pending'), ('turn__isnull', False)), models.Q(models.Q(('status', 'pending'), _negated=True), ('turn__isnull', True)), _connector='OR'), name='track_turn_while_pending'),
        ),
        migrations.AddConstraint(
            model_name='musictrack',
            constraint=models.CheckConstraint(condition=models.Q(('arrived_late', False), ('status', 'error'), _connector='OR'), name='track_arrived_late_only_after_error'),
        ),
        migrations.AddConstraint(
            model_name='musictrack',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'generating'), _negated=True), ('lease_until__isnull', False), ('stage__in', ['waiting', 'fetching']), _connector='OR'), name='track_given_back_in_a_stage_to_ask_in'),
        ),
        migrations.AddConstraint(
            model_name='providergate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pause_code', ''), ('paused_at__isnull', True)), models.Q(models.Q(('pause_code', ''), _negated=True), ('paused_at__isnull', False)), _connector='OR'), name='gate_paused_since'),
        ),
    ]
