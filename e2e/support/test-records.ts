import { submit } from '../../scripts/site/client.ts';
import { act, attach, officerNamed, openCase, timelineOf, tokenFor } from './cases.ts';
import { running, sessionOf } from './journey.ts';
import { photoBytes } from './photo.ts';
import { api, today } from './site.ts';

let records: Promise<Record<string, string>> | undefined;

/**
 * Makes a case of Mamuju that names the officer of `penangan2.mamuju`, with a photo and a forward, and some records of
 * Majene. All tests of a worker share them.
 */
export const testRecords = (): Promise<Record<string, string>> => (records ??= makeTestRecords());

async function makeTestRecords(): Promise<Record<string, string>> {
	const { origin } = running();
	const officer = await officerNamed('Petugas Contoh 6');
	const token = await tokenFor('penyelia.sulbar', 'sulbar', ['cases:handle', 'cases:read', 'escalations:write']);
	const classified = { category: 'behaviour', class: 'plain' };

	const { reference } = await openCase({ officer });
	const attached = await attach(reference, await photoBytes('meja.jpg'), { token });
	const { attachments } = (await attached.json()) as { attachments: { id: string }[] };
	await act(reference, 'verification', classified, { token });
	const forwarding = { purpose: 'record', reason: 'Dicatat untuk uji hak akses.' };
	const { escalations } = await act(reference, 'escalations', forwarding, { token });

	const { reference: answered } = await openCase({ kind: 'suggestion', officer });
	await act(answered, 'verification', classified, { token });
	await act(answered, 'answer', { body: 'Jadwal meja enam sudah diatur.' }, { token });
	const letter = (await timelineOf(answered)).find(({ type }) => type === 'answered')?.data.message ?? '';

	const { body: visit } = await api(origin, '/visits', { body: { unit: 'mamuju', channel: 'walk_in' } });
	const firstOf = async (tableName: string, kind?: string) => {
		const { body } = await api(origin, `/${tableName}?unit=majene`);
		const items = body.items as { id: string; kind?: string }[];
		return items.find((item) => kind === undefined || item.kind === kind)?.id ?? '';
	};
	const cookie = await sessionOf('administrator.sulbar');
	/** The first group of a pattern in a page's HTML. */
	const found = async (path: string, pattern: RegExp) =>
		pattern.exec(await (await fetch(`${origin}${path}`, { headers: { cookie } })).text())?.[1] ?? '';
	const name = `Contoh Majene ${crypto.randomUUID().slice(0, 8)}`;
	const rule = { name: 'Aturan uji hak akses', assign: 'workload' };
	await submit(origin, '/admin/routing/new?unit=7601', rule, cookie);
	const template = {
		unitId: await found('/admin/templates/new', /value="([0-9a-f-]{36})"[^>]*>7601 /),
		name,
		use: 'answer',
		language: 'id',
		body: 'Terima kasih atas {nomor}.',
		active: 'on'
	};
	await submit(origin, '/admin/templates/new', template, cookie);
	return {
		reference,
		answered,
		letter,
		template: await found('/admin/templates', new RegExp(`/admin/templates/([0-9a-f-]{36})"[^>]*>${name}`)),
		file: attachments[0]?.id ?? '',
		escalation: (escalations as { id: string }[])[0]?.id ?? '',
		inbound: await recordInboundReport(reference),
		visit: String(visit.id),
		officer: await firstOf('officers'),
		ownOfficer: officer,
		place: await firstOf('places'),
		desk: await firstOf('places', 'desk'),
		service: await firstOf('services'),
		routing: await found('/admin/routing', /\/admin\/routing\/([0-9a-f-]{36})"[^>]*>Aturan uji hak akses/),
		rule: await found('/admin/deadlines', /\/admin\/deadlines\/([^"?]+)"/),
		account: await found('/admin/people?unit=majene', /\/admin\/people\/([0-9a-f-]{36})"[^>]*>[^<]*Majene/)
	};
}

/** Records a report that LAPOR forwarded to the office and that contains the number of the case. */
async function recordInboundReport(reference: string): Promise<string> {
	const fields = {
		unit: '7604',
		lapor_id: String(1_000_000 + Math.floor(Math.random() * 8_000_000)),
		received_on: today(),
		content: `Diteruskan kembali ke kantor: ${reference}`
	};
	const cookie = await sessionOf('penangan.mamuju');
	const entered = await submit(running().origin, '/desk/inbound/new', fields, cookie);
	return /\/desk\/inbound\/([0-9a-f-]{36})/.exec(entered.headers.get('location') ?? '')?.[1] ?? '';
}
