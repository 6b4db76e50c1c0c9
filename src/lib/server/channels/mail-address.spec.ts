import { expect, it } from 'vitest';
import { maskedAddress, maskedApart, withoutAddress } from './mail-address.ts';

it.each([
	['pelapor@gmail.com', 'p***@gmail.com'],
	['a@b.id', 'a***@b.id'],
	['"aneh@sekali"@contoh.invalid', '"***@contoh.invalid'],
	['rusak', '***']
])('masks %s as %s', (address, shown) => {
	expect(maskedAddress(address)).toBe(shown);
});

it.each([
	['rahmaa@contoh.id', 'rahma@contoh.id', 'r****a@contoh.id'],
	['rahma@contoh.id', 'rahmaa@contoh.id', 'r****@contoh.id'],
	['rahna@contoh.id', 'rahma@contoh.id', 'r**n*@contoh.id'],
	['rahma@contoh.id', 'rahma@contoh.id', 'r***@contoh.id'],
	['rahma@contoh.id', 'siti@contoh.id', 'r***@contoh.id'],
	['rusak', 'patah', '***']
])('masks %s so that it can be told from %s: %s', (address, other, shown) => {
	expect(maskedApart(address, other)).toBe(shown);
});

it.each([
	['550 5.1.1 <andi.contoh@gmail.com>: Recipient address rejected', '550 5.1.1 <***>: Recipient address rejected'],
	['550 No such user (Andi.Contoh) here', '550 No such user (***) here'],
	['550 5.1.1 andi.contoh@gmail.com, postmaster@gmail.com', '550 5.1.1 ***, ***'],
	['452 4.2.2 mailbox full', '452 4.2.2 mailbox full']
])('removes the address from a server message: %s', (message, kept) => {
	expect(withoutAddress(message, 'andi.contoh@gmail.com')).toBe(kept);
});

it('does not remove single letters from words for a short mailbox name', () => {
	expect(withoutAddress('550 no mailbox', 'no@contoh.invalid')).toBe('550 no mailbox');
});
