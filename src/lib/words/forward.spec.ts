import { describe, expect, it } from 'vitest';
import { forwardAdvice, forwardReason, forwardWords } from './forward.ts';

describe('words for why a forward stands where it stands', () => {
	it('names what an administrator still has to enter instead of our own codes', () => {
		const words = forwardWords({
			code: 'own_validation',
			text: 'channel: not_configured, category_id: not_configured'
		});
		expect(words.meaning).toContain('kanal, kategori');
		expect(words.advice).toContain('Mintalah administrator');
		expect(words.said).toBeUndefined();
	});

	it('says of a stopped connection which answer stopped it, and what that asks for', () => {
		const words = forwardWords({ code: 'connection_halted', text: 'Unauthenticated.', cause: 'unauthorised' });
		expect(words.meaning).toContain('dihentikan');
		expect(words.meaning).toContain('kunci masuk');
		expect(words.advice).toContain('token');
		expect(words.said).toBe('Unauthenticated.');
	});

	it('shows a code of a newer version as it is, without advice', () => {
		expect(forwardReason('of_tomorrow')).toBe('of_tomorrow');
		expect(forwardAdvice('of_tomorrow')).toBeUndefined();
	});
});
