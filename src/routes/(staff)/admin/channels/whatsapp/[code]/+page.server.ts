import { connectionOf, connectionsOf, removeConnection } from '#lib/server/channels/connections/connections.ts';
import { saveNumber, tryNumber } from '#lib/server/channels/whatsapp/connect.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, event) => {
	const { unit, connection } = await connectionOf(actor, event.params.code, 'whatsapp');
	const office = (await connectionsOf(actor)).find((one) => one.unit.id === unit.id);
	return {
		office: { code: unit.code, name: unit.name, zone: unit.timeZone, open: unit.state === 'open' },
		settings: connection?.settings,
		shown: office?.connections.find(({ id }) => id === connection?.id),
		hook: `${mainOrigin(event)}/api/hooks/whatsapp`
	};
});

export const actions = {
	save: formAction(async (actor, { data }, { params }) => {
		await saveNumber(actor, params.code, data);
		return `/admin/channels/whatsapp/${params.code}?saved`;
	}),
	try: formAction(async (actor, _, { params }) => {
		await tryNumber(actor, params.code);
		return `/admin/channels/whatsapp/${params.code}`;
	}),
	remove: formAction(async (actor, { data }) => {
		await removeConnection(actor, String(data.id));
		return '/admin/channels?saved';
	})
};
