import { expect, it } from 'vitest';
import { maskedAddress, withoutAddress } from './mail-address.ts';

it.each([
	['pelapor@gmail.com', 'p***@gmail.com'],
	['a@b.id', 'a***@b.id'],
	['"aneh@sekali"@contoh.invalid', '"***@contoh.invalid'],
	['rusak', '***']
])('shows of %s no more than %s', (address, shown) => {
	expect(maskedAddress(address)).toBe(shown);
});

it.each([
	['550 5.1.1 <andi.contoh@gmail.com>: Recipient address rejected', '550 5.1.1 <***>: Recipient address rejected'],
	['550 No such user (Andi.Contoh) here', '550 No such user (***) here'],
	['550 5.1.1 andi.contoh@gmail.com, postmaster@gmail.com', '550 5.1.1 ***, ***'],
	['452 4.2.2 mailbox full', '452 4.2.2 mailbox full']
])('leaves the address out of what a server said: %s', (said, kept) => {
	expect(withoutAddress(said, 'andi.contoh@gmail.com')).toBe(kept);
});

it('does not remove single letters from words for a short mailbox name', () => {
	expect(withoutAddress('550 no mailbox', 'no@contoh.invalid')).toBe('550 no mailbox');
});
