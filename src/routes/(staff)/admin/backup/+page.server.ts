import { requestBackup } from '#lib/server/backup/request-backup.ts';
import { outgoingHoldState, releaseOutgoing } from '#lib/server/backup/release-outgoing.ts';
import { backupsPage } from '#lib/server/backup/list.ts';
import { backupRules, changeBackupRules, seenOfBackupRules } from '#lib/server/backup/rules.ts';
import { now } from '#lib/server/clock.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const rules = await backupRules();
	return {
		...(await backupsPage(actor)),
		rules,
		seen: seenOfBackupRules(rules),
		held: await outgoingHoldState(),
		zone: await firstZone(),
		now: now(),
		released: url.searchParams.has('released')
	};
});

export const actions = {
	now: changeThenOpen(requestBackup, '/admin/backup', { part: 'now' }),
	rules: changeThenOpen(changeBackupRules, '/admin/backup?saved'),
	release: changeThenOpen((actor, data) => releaseOutgoing(actor, data.mails), '/admin/backup?released')
};
