import { describe, expect, test } from 'vitest';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import ShiftForm from '#lib/places/ShiftForm.svelte';
import { formState } from '#lib/ui/form/form-state.ts';
import RadioCards from '#lib/ui/form/RadioCards.svelte';
import Select from '#lib/ui/form/Select.svelte';
import OfficerField from './(citizen)/OfficerField.svelte';
import NewRequest from './(staff)/admin/privacy/requests/new/+page.svelte';
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

describe('a typed or stored choice that was withdrawn', () => {
	const WITHDRAWN = 'Pilihan semula tidak tersedia lagi.';
	const options = ['andi', 'budi'].map((value) => ({ value, label: value }));
	const returned = (unitId: string) => formState({ issues: [], typed: { unitId } }).field('unitId', 'andi');

	test('leaves a select without a choice, and the page says why', () => {
		const select = (props: object) => htmlOf(Select, { label: 'Kantor', options, ...props });
		const gone = select(returned('citra'));
		expect(sentOf(gone, 'unitId')).toBe('');
		expect(gone).toContain(WITHDRAWN);
		expect(gone).toMatch(/<select[^>]* required/);
		const optional = select({ ...returned('citra'), empty: 'Semua kantor' });
		expect(sentOf(optional, 'unitId')).toBe('');
		expect(optional).toContain(WITHDRAWN);
		expect(optional).not.toContain('Pilih salah satu');
		expect(optional).not.toContain('required');
		for (const props of [returned('budi'), formState(null).field('unitId'), formState(null).field('unitId', 'andi')]) {
			expect(sentOf(select(props), 'unitId')).toBe(props.value ?? 'andi');
			expect(select(props)).not.toMatch(/required|Pilihan semula|value=""/);
		}
		const error = { ...returned('citra'), error: 'Kantor ini tutup.' };
		expect(select(error)).toContain('Kantor ini tutup.');
	});

	test('leaves radio buttons without a choice, and the page says why', () => {
		const cards = (props: object) => htmlOf(RadioCards, { legend: 'Kantor', options, ...props });
		const officers = (value?: string) =>
			htmlOf(OfficerField, {
				officers: options.map(({ value: id }) => ({ id, name: id, desks: [], hasPhoto: false, onDuty: false })),
				everybody: true,
				value
			});
		for (const html of [cards(returned('citra')), officers('citra')]) {
			expect(html).toContain(WITHDRAWN);
			expect(html).not.toContain('checked');
		}
		for (const html of [cards(returned('budi')), officers('budi'), officers('')]) {
			expect(html).not.toContain(WITHDRAWN);
			expect(html).toContain('checked');
		}
	});
});
