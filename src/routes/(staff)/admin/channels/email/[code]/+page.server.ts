import { connectionsOf, connectionOf, removeConnection } from '#lib/server/channels/connections/connections.ts';
import { mailboxSettings, saveMailbox, tryMailbox } from '#lib/server/channels/email/mailbox.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const { unit, connection } = await connectionOf(actor, params.code, 'email');
	const office = (await connectionsOf(actor)).find((one) => one.unit.id === unit.id);
	return {
		office: { code: unit.code, name: unit.name, zone: unit.timeZone, open: unit.state === 'open' },
		settings: connection && mailboxSettings(connection),
		shown: office?.connections.find(({ id }) => id === connection?.id)
	};
});

const path = (code: string) => `/admin/channels/email/${code}?saved`;

export const actions = {
	save: formAction(async (actor, { data }, { params }) => {
		await saveMailbox(actor, params.code, data);
		return path(params.code);
	}),
	try: formAction(async (actor, _, { params }) => {
		await tryMailbox(actor, params.code);
		return `/admin/channels/email/${params.code}`;
	}),
	remove: formAction(async (actor, { data }) => {
		await removeConnection(actor, String(data.id));
		return '/admin/channels?saved';
	})
};
