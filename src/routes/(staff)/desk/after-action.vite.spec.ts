import { expect, test } from 'vitest';
import { htmlOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import { doneIn } from '#lib/words/done.ts';
import AfterAction from './AfterAction.svelte';

const REFERENCE = 'SPATULA-7604-26-000001';
const REPORT = `desk/cases/${REFERENCE}`;
const after = (address: string, data = {}) =>
	htmlOf(AfterAction, { data: { ...data, outcome: doneIn(new URL(address, 'http://localhost')) } }, address);

test('leads a person who stays on the report after a decision to further drafts', () => {
	for (const done of ['approved', 'archive_approved', 'sent_back']) {
		const html = after(`${REPORT}?done=${done}&left=0`);
		expect(html).toContain(m.desk_next_none_drafts());
		expect(html).toContain('href="/desk/approvals"');
		expect(html).toContain('value="decisions"');
	}
});

test('after other actions the next work is a report', () => {
	const html = after(`${REPORT}?done=verified&left=0`);
	expect(html).toContain(m.desk_next_none());
	expect(html).toContain('value="reports"');
});

test('says whether the reports that are left wait for verification', () => {
	const report = `${REPORT}?done=verified&of=SPATULA-7604-26-000002&left=3`;
	const unverified = after(`${report}&work=unverified`);
	expect(unverified).toContain('Menunggu verifikasi: 3 lagi');
	expect(unverified).toContain('value="unverified"');
	expect(after(report)).toContain('Berikutnya: 3 lagi');
});

test('says when nothing else of the list waits from which the person came', () => {
	const inList = (left: number) => after(`desk?done=answered&of=${REFERENCE}&left=${left}&work=list`);
	expect(inList(0)).toContain('Tidak ada laporan lain di daftar ini yang menunggu Anda');
	expect(inList(2)).toContain('Berikutnya dari daftar ini: 2 lagi');
});

test('after an assignment the page names the person, and leads back to the form while that is possible', () => {
	const assigned = (assign: boolean) => {
		const shown = { reference: REFERENCE, assignee: 'Budi Contoh', assigneeId: 'other', may: { assign } };
		return after(`${REPORT}?done=assigned`, { shown, actor: { accountId: 'me' } });
	};
	expect(assigned(false)).toContain('Ditugaskan kepada Budi Contoh.');
	expect(assigned(false)).not.toContain('/assignment');
	expect(assigned(true)).toContain(`/${REPORT}/assignment`);
});
