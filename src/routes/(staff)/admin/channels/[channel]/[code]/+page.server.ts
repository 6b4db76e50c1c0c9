import {
	CONNECTION_FORMS,
	redirectsMessages,
	setUpConnection,
	tryConnection
} from '#lib/server/channels/connections/connection-forms.ts';
import {
	connectionOf,
	connectionsOf,
	isInUse,
	removeConnection,
	waitingChanges,
	type ConnectionChannel
} from '#lib/server/channels/connections/connections.ts';
import { smsTexts } from '#lib/server/channels/sms/connect.ts';
import { NotFound } from '#lib/server/errors.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { signedIn } from '#lib/server/web/http/page-access.ts';
import { hasOpened } from '#lib/server/people/units/find-unit.ts';
import { formAction, changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

const SECRETS = ['mailboxPassword', 'token', 'appSecret', 'headers'];

function channelOf(param: string): ConnectionChannel {
	if (!Object.hasOwn(CONNECTION_FORMS, param)) throw new NotFound(`channel ${param}`);
	return param as ConnectionChannel;
}

export const load = withActor(async (actor, event) => {
	const channel = channelOf(event.params.channel);
	const { unit, connection } = await connectionOf(actor, event.params.code, channel);
	const office = (await connectionsOf(actor)).find((one) => one.unit.id === unit.id);
	const { address, dedicated } = connection ?? {};
	const settings = connection && { ...(await CONNECTION_FORMS[channel].settings(connection)), address, dedicated };
	return {
		channel,
		office: { name: unit.name, zone: unit.timeZone, opened: hasOpened(unit) },
		settings: settings as Record<string, unknown> | undefined,
		/** Messages of reporters use it, so a change of its address, server or secrets needs a supervisor. */
		used: await isInUse(unit.id, channel),
		waiting: await waitingChanges(actor, unit.id, channel),
		shown: office?.connections.find(({ id }) => id === connection?.id),
		/** Where the channel delivers messages. An SMS gateway is told once it is stored. */
		hook: `${mainOrigin(event)}/api/hooks/${channel === 'sms' ? `sms/${connection?.id}` : channel}`,
		texts: channel === 'sms' ? smsTexts(unit) : []
	};
});

export const actions = {
	save: formAction(
		async (actor, { data }, { params: { channel, code } }) => {
			const saved = await setUpConnection(actor, code, channelOf(channel), data);
			return `/admin/channels/${channel}/${code}?saved${saved ? '' : '=asked'}`;
		},
		{
			part: 'save',
			secrets: SECRETS,
			confirm: async ({ data }, { locals, params: { channel, code } }) =>
				redirectsMessages(signedIn(locals), code, channelOf(channel), data)
		}
	),
	try: formAction(
		async (actor, { data }, { params: { channel, code } }) => {
			await tryConnection(actor, code, channelOf(channel), data);
			return `/admin/channels/${channel}/${code}?tried`;
		},
		{ part: 'try', secrets: SECRETS }
	),
	// Its secrets are gone for good, so that messages stop until somebody has them again.
	remove: changeThenOpen((actor, data) => removeConnection(actor, String(data.id)), '/admin/channels?saved', {
		confirm: true
	})
};
