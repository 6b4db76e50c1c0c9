import { describe, expect, it } from 'vitest';
import { linkedFiles } from './linked-files.ts';

describe('linkedFiles', () => {
	it('keeps names, and only addresses of the web', () => {
		expect(
			linkedFiles([
				{ name: 'surat.pdf', url: 'https://www.lapor.go.id/berkas/surat.pdf' },
				{ name: 'foto.jpg', url: 'javascript:alert(1)' },
				{ name: 'data.xlsx', url: '/storage/data.xlsx' },
				{ name: 'tanpa-alamat.png' }
			])
		).toEqual([
			{ name: 'surat.pdf', url: 'https://www.lapor.go.id/berkas/surat.pdf' },
			{ name: 'foto.jpg' },
			{ name: 'data.xlsx' },
			{ name: 'tanpa-alamat.png' }
		]);
	});

	it.each([undefined, null, 'surat.pdf', [null, 3, { url: 'https://x.id' }]])('returns no files for %j', (value) => {
		expect(linkedFiles(value)).toEqual([]);
	});
});
