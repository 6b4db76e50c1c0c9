import { expect, it } from 'vitest';
import type { EscalationView } from '#lib/server/escalation/view.ts';
import { escalationStateWord } from '#lib/words/escalation.ts';
import { forwardAdvice } from '#lib/words/forward.ts';
import { nextWord } from '../next-words.ts';
import { stepsOf } from './state-words.ts';

it('a waiting forward says whether the site sends it or a person copies it', () => {
	const words = (['api', 'manual', null] as const).map((mode) => escalationStateWord('waiting', mode));
	expect(words).toEqual(['Menunggu dikirim', 'Menunggu disalin', 'Menunggu dikirim atau disalin']);
});

it('a task of a forward that has ended is what happens next', () => {
	const next = (task: string | null) => {
		const row = { state: 'closed', mode: 'manual', byHand: true, task, nextPollAt: null, reason: null };
		return nextWord(row as unknown as EscalationView, 'Asia/Makassar', new Date());
	};
	expect([next('finished'), next(null)]).toEqual(['Menunggu dikerjakan di sini', 'Tidak ada lagi']);
});

it('a closed forward by hand takes later statuses, until the texts of its case are destroyed', () => {
	const closed = {
		state: 'closed',
		mode: 'manual',
		byHand: true,
		laporId: '1916449',
		nn: 1,
		family: { all: [{ nn: 1 }] }
	};
	const partsOf = (destroyed: boolean) => stepsOf({ ...closed, destroyed } as unknown as EscalationView).parts;
	expect(partsOf(false)).toEqual(['status']);
	expect(partsOf(true)).toEqual([]);
});

it('a corrected text is no longer offered for copying, and can be sent again or get the number of a copied one', () => {
	const waiting = { state: 'waiting', mode: 'manual', nn: 1, family: { all: [{ nn: 1 }] }, resendable: true };
	const outdated = { ...waiting, reason: { code: 'text_outdated' } } as unknown as EscalationView;
	expect(stepsOf(outdated)).toMatchObject({
		outdated: true,
		first: true,
		reword: false,
		parts: ['number', 'cancel', 'resend']
	});
});

it('the newest forward that was cancelled still gets the number of a copied one', () => {
	const closed = { state: 'closed', mode: 'manual', nn: 1, laporId: null, reason: { code: 'cancelled' } };
	const partsOf = (newest: number) =>
		stepsOf({ ...closed, family: { all: [{ nn: newest }] } } as unknown as EscalationView).parts;
	expect([partsOf(1), partsOf(2)]).toEqual([['number'], []]);
});

it('only a transfer can be sent again to another institution, also if an old record names one', () => {
	const base = {
		state: 'rejected',
		mode: 'api',
		institution: 'Pemerintah Kabupaten Mamuju',
		nn: 1,
		family: { all: [] }
	};
	const offers = (purpose: string) => stepsOf({ ...base, purpose } as unknown as EscalationView).target;
	expect([offers('transfer'), offers('record')]).toEqual([true, false]);
});

it('only a waiting report with a form below is to be reworded, not one that a halt holds back', () => {
	const waiting = { state: 'waiting', mode: 'api', nn: 1, family: { all: [{ nn: 1 }] } };
	const steps = (resendable: boolean) => stepsOf({ ...waiting, resendable } as unknown as EscalationView);
	expect(steps(true)).toMatchObject({ reword: true, resend: true, first: false });
	expect(steps(false)).toMatchObject({ reword: false, resend: false });
	for (const code of ['forbidden', 'refused_without_reason'])
		expect(forwardAdvice(code)).not.toMatch(/hanya laporan ini|only this report/);
});

it('the number of a report that is at LAPOR can be recorded while nothing of a forward by API is being sent', () => {
	const base = { mode: 'api', nn: 1, family: { all: [{ nn: 1 }] } };
	const offers = (changes: object) => stepsOf({ ...base, ...changes } as unknown as EscalationView).record;
	for (const state of ['waiting', 'stuck', 'rejected']) expect(offers({ state })).toBe(true);
	for (const state of ['sending', 'unknown', 'sent', 'closed']) expect(offers({ state })).toBe(false);
	expect(offers({ state: 'waiting', mode: 'manual' })).toBe(false);
	expect(offers({ state: 'rejected', destroyed: true })).toBe(false);
	expect(offers({ state: 'rejected', purpose: 'transfer' })).toBe(false);
});
