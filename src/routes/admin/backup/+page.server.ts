import { redirect } from '@sveltejs/kit';
import { askForBackup } from '#lib/server/backup/ask.ts';
import { heldState, releaseHold } from '#lib/server/backup/hold.ts';
import { backupsPage } from '#lib/server/backup/list.ts';
import { backupRules, changeBackupRules } from '#lib/server/backup/rules.ts';
import { now } from '#lib/server/clock.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => ({
		...(await backupsPage(signedIn(locals))),
		rules: await backupRules(),
		held: await heldState(),
		zone: await firstZone(),
		now: now(),
		released: url.searchParams.has('released')
	}));

export const actions = {
	now: ({ locals }) =>
		asForm({ part: 'now' }, async () => {
			await askForBackup(signedIn(locals));
			redirect(303, '/admin/backup');
		}),
	rules: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await changeBackupRules(signedIn(locals), data);
			redirect(303, '/admin/backup?saved');
		});
	},
	release: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await releaseHold(signedIn(locals), data.letters);
			redirect(303, '/admin/backup?released');
		});
	}
};
