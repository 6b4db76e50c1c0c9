import { expect, test } from 'vitest';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import ShiftForm from '#lib/places/ShiftForm.svelte';
import { formState } from '#lib/ui/form/form-state.ts';
import NewRequest from './(staff)/admin/privasi/permintaan/baru/+page.svelte';
import UnitForm from './(staff)/admin/units/UnitForm.svelte';
import TaskNotice from './(staff)/desk/escalations/[id]/TaskNotice.svelte';

/** What a browser sends of a select field that nobody touched: the selected option, or else the first. */
function sentOf(html: string, field: string): string | undefined {
	const select = html.split('<select').find((part) => part.includes(`name="${field}"`)) ?? '';
	const options = select.split('</select>')[0]?.match(/<option[^>]*>/g) ?? [];
	const chosen = options.find((option) => option.includes(' selected')) ?? options[0];
	return /value="([^"]*)"/.exec(chosen ?? '')?.[1];
}

test('the form of a shift whose officer left chooses no other officer', () => {
	const form = (officerId?: string) =>
		htmlOf(ShiftForm, {
			form: null,
			action: '?/change',
			part: 'change',
			button: 'Simpan',
			officers: ['andi', 'budi'].map((id) => ({ id, name: id })),
			shift: { officerId, startsAt: '08:00', endsAt: '12:00' }
		});
	expect(['budi', 'citra', undefined].map((id) => sentOf(form(id), 'officerId'))).toEqual(['budi', '', '']);
});

test('the form of an office keeps its time zone, also one that the form does not offer', () => {
	const form = (timeZone?: string) =>
		htmlOf(UnitForm, { sent: formState(null), ...(timeZone && { unit: { timeZone } }) });
	expect(['Asia/Jayapura', 'Asia/Ujung_Pandang', undefined].map((zone) => sentOf(form(zone), 'timeZone'))).toEqual([
		'Asia/Jayapura',
		'Asia/Ujung_Pandang',
		'Asia/Makassar'
	]);
});

test('the form of a task sends which task the person saw', () => {
	const view = { task: 'gone', taskText: null, taskAt: new Date('2026-11-02T01:00:00Z') };
	const props = { view, sent: formState(null), zone: 'Asia/Makassar', mayMap: false };
	expect(htmlOf(TaskNotice, props)).toContain('name="raised" value="2026-11-02T01:00:00.000Z"');
});

test('a browser never offers its own contact for the person at the counter', () => {
	const html = pageOf(NewRequest, { units: [{ code: '1203', name: 'Kantor' }], submissionId: 'a', reference: '' });
	for (const field of ['email', 'phone'])
		expect(html.match(/<input[^>]*>/g)?.find((input) => input.includes(`name="${field}"`))).toContain(
			'autocomplete="off"'
		);
});
