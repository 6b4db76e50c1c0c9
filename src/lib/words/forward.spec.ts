import { describe, expect, it } from 'vitest';
import type { EscalationState } from '#lib/cases/vocabulary.ts';
import { forwardAdvice, forwardEntryLines, forwardReason, forwardWords, showsReason } from './forward.ts';

describe('texts for the reason of a forward’s state', () => {
	it('are in lists while a person may act on it, and after it was cancelled', () => {
		const shown = (state: EscalationState, code: string) => showsReason({ state, reason: { code, text: null } });
		expect([shown('closed', 'cancelled'), shown('rejected', 'refused_fields')]).toEqual([true, true]);
		expect([shown('closed', 'text_outdated'), shown('sent', 'lost_number')]).toEqual([false, false]);
	});

	it('lists the missing settings instead of codes', () => {
		const words = forwardWords({
			code: 'own_validation',
			text: 'channel: not_configured, category_id: not_configured'
		});
		expect(words.meaning).toContain('kanal, kategori');
		expect(words.advice).toContain('Mintalah administrator');
		expect(words.said).toBeUndefined();
	});

	it('for a halted connection, explains the response that halted it and what to do', () => {
		const words = forwardWords({ code: 'connection_halted', text: null, cause: 'unauthorised' });
		expect(words.meaning).toContain('dihentikan');
		expect(words.meaning).toContain('kunci masuk');
		expect(words.advice).toContain('token');
		expect(words.said).toBeUndefined();
	});

	it('for a halted connection, adds the last reason of the report itself, if another one, and LAPOR’s text', () => {
		const halt = { code: 'connection_halted', text: null, cause: 'unauthorised' };
		const busy = forwardWords({ ...halt, own: { code: 'busy', text: 'Antrean penuh.' } });
		expect(busy.own).toContain(forwardReason('busy'));
		expect(busy).toMatchObject({ meaning: expect.stringContaining(busy.own ?? '?') as string, said: 'Antrean penuh.' });
		const itself = forwardWords({ ...halt, own: { code: 'unauthorised', text: 'Kunci ditolak.' } });
		expect([itself.own, itself.said]).toEqual([undefined, 'Kunci ditolak.']);
		const untried = forwardWords({ ...halt, own: { code: 'connection_halted', text: null } });
		expect(untried).toEqual(forwardWords(halt));
	});

	it('shows an unknown code unchanged and without advice', () => {
		expect(forwardReason('of_tomorrow')).toBe('of_tomorrow');
		expect(forwardAdvice('of_tomorrow')).toBeUndefined();
	});
});

it('names the other numbers of a report that LAPOR stored twice', () => {
	const lines = forwardEntryLines('escalation_sent', { lapor_id: '11', by: 'lookup', also: ['12'] });
	expect(lines.join()).toContain('juga menyimpannya sebagai #12');
});

it('says that LAPOR changed a follow-up', () => {
	const lines = forwardEntryLines('escalation_followup', { content: 'Ralat.', changed: true }).filter(Boolean);
	expect(lines).toEqual(['SP4N-LAPOR! mengubah tindak lanjut ini. Ini teks yang baru.', 'Ralat.']);
});
