import type { HTMLInputAttributes } from 'svelte/elements';
import { m } from '#lib/paraglide/messages.js';

/** A field of a channel's form. */
export interface ChannelField {
	name: string;
	label: string;
	hint?: string;
	as?: 'area' | 'box';
	options?: readonly { value: string; label: string }[];
	/** Value of a new connection. */
	first?: string;
	optional?: boolean;
	type?: 'email' | 'tel' | 'url' | 'password';
	inputmode?: HTMLInputAttributes['inputmode'];
	maxlength?: number;
}

type ChannelRow = ChannelField | ChannelField[];

/**
 * The form of each channel, as rows of one or more fields.
 * @param connected a connection is stored: an empty secret keeps the stored one
 * @param hook the address to which the channel delivers messages
 */
export const FIELDS = {
	email: (connected: boolean): ChannelRow[] => [
		{ name: 'address', type: 'email', label: m.channels_address(), hint: m.channels_address_hint(), maxlength: 200 },
		[
			{ name: 'host', label: m.channels_host(), hint: 'imap.kantor.go.id', maxlength: 253 },
			{ name: 'port', label: m.channels_port(), first: '993', inputmode: 'numeric' }
		],
		{ name: 'security', label: m.channels_security(), options: SECURITY() },
		{ name: 'user', label: m.login_username(), maxlength: 200 },
		{
			...secret('mailboxPassword', m.channels_password(), connected),
			hint: connected ? m.channels_password_kept() : m.channels_password_hint()
		},
		{ name: 'dedicated', as: 'box', label: m.channels_dedicated_box(), hint: m.channels_dedicated_hint() },
		{ name: 'plusAddress', as: 'box', label: m.channels_plus(), hint: m.channels_plus_hint() }
	],
	whatsapp: (connected: boolean, hook: string): ChannelRow[] => [
		{ name: 'address', type: 'tel', label: m.channels_whatsapp_number(), hint: m.channels_whatsapp_number_hint() },
		{ name: 'phoneNumberId', label: m.channels_whatsapp_id(), hint: m.channels_whatsapp_id_hint(), maxlength: 30 },
		secret('token', m.channels_whatsapp_token(), connected),
		{
			...secret('appSecret', m.channels_whatsapp_app_secret(), connected),
			hint: m.channels_whatsapp_app_secret_hint()
		},
		{
			name: 'verifyToken',
			label: m.channels_whatsapp_verify(),
			optional: connected,
			maxlength: 200,
			hint: m.channels_whatsapp_verify_hint({ hook })
		},
		[
			{
				name: 'templateName',
				label: m.channels_whatsapp_template(),
				hint: m.channels_whatsapp_template_hint(),
				optional: true
			},
			{
				name: 'templateLanguage',
				label: m.channels_whatsapp_template_language(),
				hint: 'id',
				first: 'id',
				maxlength: 6
			}
		],
		[
			{ name: 'baseUrl', label: m.admin_lapor_host(), hint: META, first: META, maxlength: 300 },
			{ name: 'version', label: m.channels_whatsapp_version(), hint: 'v23.0', first: 'v23.0', maxlength: 6 }
		]
	],
	sms: (connected: boolean, hook: string): ChannelRow[] => [
		{ name: 'address', type: 'tel', label: m.channels_sms_number(), hint: m.channels_sms_number_hint(), maxlength: 30 },
		{
			name: 'method',
			label: m.channels_sms_method(),
			options: ['POST', 'PUT', 'GET'].map((value) => ({ value, label: value }))
		},
		{ name: 'url', type: 'url', label: m.channels_sms_url(), hint: fill(), maxlength: 1000 },
		{
			name: 'headers',
			as: 'area',
			label: m.channels_sms_headers(),
			optional: true,
			maxlength: 4000,
			hint: connected ? m.channels_secret_kept() : m.channels_sms_headers_hint()
		},
		{ name: 'body', as: 'area', label: m.channels_sms_body(), hint: fill(), optional: true, maxlength: 2000 },
		{ ...path('idPath', m.channels_sms_sent_id()), hint: m.channels_sms_path_hint() },
		{
			name: 'secret',
			label: m.channels_sms_secret(),
			optional: connected,
			maxlength: 200,
			hint: connected ? m.channels_sms_hook({ hook }) : m.channels_sms_secret_hint()
		},
		[
			{ ...path('senderPath', m.channels_sms_sender_path(), 'from'), optional: false },
			{ ...path('textPath', m.channels_sms_text_path(), 'message'), optional: false },
			path('timePath', m.channels_sms_time_path(), 'received_at'),
			path('messageIdPath', m.channels_sms_id_path(), 'id')
		],
		{ name: 'dedicated', as: 'box', label: m.channels_sms_dedicated(), hint: m.channels_sms_dedicated_hint() }
	]
};

const META = 'https://graph.facebook.com';
const SECURITY = () => [
	{ value: 'tls', label: m.channels_tls() },
	{ value: 'starttls', label: m.channels_starttls() },
	{ value: 'none', label: m.channels_no_tls() }
];
const fill = () => m.channels_sms_fill({ to: '{to}', text: '{text}' });

/** A field that never shows what is stored. */
function secret(name: string, label: string, connected: boolean): ChannelField {
	const hint = connected ? m.channels_secret_kept() : m.channels_password_hint();
	return { name, label, type: 'password', optional: connected, maxlength: 1000, hint };
}

/** Path of a value in the gateway's JSON. */
function path(name: string, label: string, example = ''): ChannelField {
	return { name, label, optional: true, maxlength: 100, hint: m.channels_sms_example({ example }) };
}
