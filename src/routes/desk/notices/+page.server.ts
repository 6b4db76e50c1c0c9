import { redirect } from '@sveltejs/kit';
import { listNotices, readAllNotices, readNotice } from '#lib/server/channels/notice-list.ts';
import { now } from '#lib/server/clock.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';
import { isMoment } from '#lib/text/moment.ts';
import type { RequestEvent } from './$types';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const cursor = url.searchParams.get('cursor') ?? undefined;
		return {
			...(await listNotices(signedIn(locals), cursor)),
			/** Whether this is a later page of the list. */
			later: cursor !== undefined,
			zone: await firstZone(),
			now: now()
		};
	});

/** Back to the page of the list on which the button stood. */
const back = ({ url }: RequestEvent): never => {
	const cursor = url.searchParams.get('cursor');
	redirect(303, `/desk/notices${cursor ? `?${new URLSearchParams({ cursor })}` : ''}`);
};

export const actions = {
	read: async (event) => {
		const { data } = await readForm(event.request);
		return asForm({}, async () => {
			await readNotice(signedIn(event.locals), String(data.id ?? ''));
			back(event);
		});
	},
	all: async (event) => {
		const { data } = await readForm(event.request);
		return asForm({}, async () => {
			const until = String(data.until ?? '');
			await readAllNotices(signedIn(event.locals), isMoment(until) ? new Date(until) : now());
			back(event);
		});
	}
};
