import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { caseByReceipt } from '#lib/server/cases/find-by-receipt.ts';
import { PRINT_SECONDS } from '#lib/server/cases/open-case.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { addressOf, requestTo } from '#lib/dev/testing/request.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { receiptToPrint } from '../cookies/desk-receipt.ts';
import { writeDownCase } from './desk-case-form.ts';

const office = useOffice();

/** A browser at the desk. A response that gets lost leaves no cookie. */
function browser() {
	const jar = new Map<string, string>();
	const send = (fields: Record<string, string>, { lost = false } = {}) => {
		const sent = { actor: office.handler, fields, jar: lost ? new Map(jar) : jar };
		return addressOf(writeDownCase(requestTo('/desk/new', sent)));
	};
	const printed = async (actor = office.handler) => {
		const shown = await receiptToPrint(requestTo('/desk/new/print', { actor, jar }));
		return shown ? (await caseByReceipt(shown.receipt)).caseId : undefined;
	};
	return { send, printed };
}

const report = (body: string) => ({
	unit: office.unit.slug,
	kind: 'suggestion',
	channel: 'walk_in',
	identity: 'none',
	secret: 'on',
	body,
	reporter_present: 'on',
	submission_id: crypto.randomUUID()
});
const caseOf = async (body: string) =>
	(await db().select({ id: cases.id }).from(cases).where(eq(cases.body, body)))[0]?.id;

test('a report whose first response was lost still gives its receipt when the form is sent again', async () => {
	const { send, printed } = browser();
	const form = report('Kursi ruang tunggu kurang banyak.');
	expect(await send(form, { lost: true })).toBe('/desk/new/print');
	expect(await printed()).toBeUndefined();
	expect(await send(form)).toBe('/desk/new/print');
	expect(await printed()).toBe(await caseOf(form.body));
});

test('a form that is sent again with another choice of who is present gives no receipt', async () => {
	const { send, printed } = browser();
	const { reporter_present, ...absent } = report('Loket dua tutup lebih awal.');
	await send(absent);
	expect(await send({ ...absent, reporter_present })).toMatch(/^\/desk\/cases\//);
	expect(await printed()).toBeUndefined();
});

test('a form that is sent again never prints the receipt of the visitor before', async () => {
	const { send, printed } = browser();
	await send(report('Papan nomor antrean mati sejak pagi.'));
	const form = report('Pintu toilet tamu tidak dapat dikunci.');
	await send(form, { lost: true });
	expect(await send(form)).toBe('/desk/new/print');
	expect(await printed()).toBe(await caseOf(form.body));
	// Too late to be printed: the person sees the report.
	const late = new Date(Date.now() + PRINT_SECONDS * 1000);
	expect(await atTime(late, () => send(form))).toMatch(/^\/desk\/cases\//);
});

test('the receipt is shown only to the account that has to print it', async () => {
	const { send, printed } = browser();
	const form = report('Lampu ruang tunggu mati.');
	await send(form);
	expect(await printed(office.supervisor)).toBeUndefined();
	expect(await printed()).toBe(await caseOf(form.body));
});
