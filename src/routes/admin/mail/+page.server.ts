import { redirect } from '@sveltejs/kit';
import { countOutbox, decideMail, listOutbox, mailTrial, sendTrial } from '#lib/server/channels/mail-outbox.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { outboxList } from '#lib/server/web/filters/list-filters.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const cursor = url.searchParams.get('cursor') ?? undefined;
		const counts = await countOutbox(actor);
		const list = outboxList(url.searchParams, counts);
		const [page, trial, zone] = await Promise.all([listOutbox(actor, list, cursor), mailTrial(actor), firstZone()]);
		return { ...page, list, counts, trial, zone, later: cursor !== undefined };
	});

export const actions = {
	decide: async ({ locals, request, url }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await decideMail(signedIn(locals), String(data.id ?? ''), data);
			redirect(303, `/admin/mail?${new URLSearchParams({ list: url.searchParams.get('list') ?? '', saved: '' })}`);
		});
	},
	trial: ({ locals }) =>
		asForm({}, async () => {
			await sendTrial(signedIn(locals));
			redirect(303, '/admin/mail?trial#trial');
		})
};
