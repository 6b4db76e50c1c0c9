import {
	decideMail,
	countMails,
	listMails,
	testMailOf,
	MAIL_LISTS,
	sendTestMail
} from '#lib/server/channels/mail-list.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { formAction, changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';
import { mailList } from '#lib/server/web/filters/list-filters.ts';

export const load = withActor(async (actor, { url }) => {
	const cursor = url.searchParams.get('cursor') ?? undefined;
	const listed = async () => {
		const counts = await countMails(actor);
		const list = mailList(url.searchParams, counts);
		return { counts, list, ...(await listMails(actor, list, cursor)) };
	};
	const [page, trial, zone] = await Promise.all([listed(), testMailOf(actor), firstZone()]);
	return { ...page, lists: MAIL_LISTS, trial, zone, later: cursor !== undefined };
});

export const actions = {
	decide: formAction(async (actor, { data }, { url }) => {
		await decideMail(actor, String(data.id ?? ''), data);
		return `/admin/mail?${new URLSearchParams({ list: url.searchParams.get('list') ?? '', saved: '' })}`;
	}),
	trial: changeThenOpen(sendTestMail, '/admin/mail#trial')
};
