import { expect, test } from 'vitest';
import { complaintPath, knownFrom } from './what-is-known.ts';

const officer = '0b54e1a2-6c1f-4d0e-9a3b-1f2e3d4c5b6a';
const asked = (search: string) => complaintPath('mamuju', knownFrom(new URL(`http://localhost/mamuju${search}`)));

test('who was rated and the service are passed on to the complaint form, and nothing else', () => {
	expect(asked('')).toBe('/mamuju/pengaduan');
	expect(asked(`?petugas=${officer}&kurang=1`)).toBe(`/mamuju/pengaduan?petugas=${officer}`);
	expect(asked(`?layanan=library&petugas=${officer}`)).toBe(`/mamuju/pengaduan?petugas=${officer}&layanan=library`);
	expect(asked('?petugas=semua&layanan=other-words')).toBe('/mamuju/pengaduan');
});
