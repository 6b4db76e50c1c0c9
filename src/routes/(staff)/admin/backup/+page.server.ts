import { requestBackup } from '#lib/server/backup/request-backup.ts';
import { outgoingHoldState, releaseOutgoing } from '#lib/server/backup/hold-sending.ts';
import { backupsPage } from '#lib/server/backup/list.ts';
import { backupRules, changeBackupRules } from '#lib/server/backup/rules.ts';
import { now } from '#lib/server/clock.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => ({
	...(await backupsPage(actor)),
	rules: await backupRules(),
	held: await outgoingHoldState(),
	zone: await firstZone(),
	now: now(),
	released: url.searchParams.has('released')
}));

export const actions = {
	now: formAction(
		async (actor) => {
			await requestBackup(actor);
			return '/admin/backup';
		},
		{ part: 'now' }
	),
	rules: formAction(async (actor, { data }) => {
		await changeBackupRules(actor, data);
		return '/admin/backup?saved';
	}),
	release: formAction(async (actor, { data }) => {
		await releaseOutgoing(actor, data.letters);
		return '/admin/backup?released';
	})
};
