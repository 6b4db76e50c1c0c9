import { cookiesOf, submit } from '../scripts/site/client.ts';
import { report } from './support/cases.ts';
import { running } from './support/journey.ts';
import { api } from './support/site.ts';
import { CORE, expect, test } from './support/test.ts';

const TIMES = 20;

const complaint = () =>
	report({
		body: `Uji kirim ulang ${crypto.randomUUID()}: formulir terkirim berkali-kali dari jaringan yang buruk.`
	}) as Record<'unit' | 'kind' | 'body' | 'identity' | 'submission_id', string>;

async function found(body: string): Promise<number> {
	const { body: answer } = await api(running().origin, `/cases?q=${encodeURIComponent(body)}`);
	return (answer.items as unknown[]).length;
}

test(
	'the same form 20 times at once makes one case and one receipt, and other content with its id is refused',
	{ tag: CORE },
	async () => {
		const { origin } = running();
		const { unit: _unit, kind: _kind, ...fields } = complaint();
		const send = (changes: Record<string, string> = {}) =>
			submit(origin, '/mamuju/pengaduan', { ...fields, secret: 'true', ...changes });
		const answers = await Promise.all(Array.from({ length: TIMES }, () => send()));
		expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: TIMES }, () => 303));
		const receipts = await Promise.all(
			answers.map(async (answer) => {
				const cookie = cookiesOf(answer);
				const page = await (await fetch(`${origin}/terima`, { headers: { cookie } })).text();
				return /<output[^>]*id="receipt"[^>]*>([\s\S]*?)<\/output>/.exec(page)?.[1]?.replace(/<[^>]*>|\s/g, '');
			})
		);
		expect(receipts[0]).toMatch(/^[0-9A-Z-]{17,}$/);
		expect(new Set(receipts).size).toBe(1);
		expect(await found(fields.body)).toBe(1);

		const other = await send({ body: 'Isi yang sama sekali lain dari yang pertama tadi.' });
		const page = await other.text();
		expect(other.status).toBe(409);
		expect(page).toContain('Isi yang sama sekali lain');
		expect(page).not.toContain(fields.body);
		expect(page).not.toContain(String(receipts[0]));
		// The page has a new submission id, with which the form can be sent as a separate report.
		const next = /name="submission_id"[^>]*value="([^"]+)"/.exec(page)?.[1];
		expect(next).toBeTruthy();
		expect(next).not.toBe(fields.submission_id);
	}
);
