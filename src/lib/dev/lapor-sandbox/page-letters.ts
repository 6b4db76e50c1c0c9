import type { ShownLetter } from './options.ts';
import { escapeHtml, frame, wibText } from './page-frame.ts';

const SHOWN = 100;

/** The letters a mail catcher beside the sandbox holds, newest first. Undefined: there is none. */
export function lettersPage(letters: readonly ShownLetter[] | undefined): string {
	if (!letters)
		return frame('Surat', section('Surat', '<p class="soft">Penampung surat tidak dijalankan di sini.</p>'));
	const rows = letters
		.map((letter, index) => ({ letter, number: index + 1 }))
		.toReversed()
		.slice(0, SHOWN)
		.map(
			({ letter, number }) => `<li><a href="/surat/${number}">${escapeHtml(letter.subject)}</a>
<span class="soft">${escapeHtml(wibText(letter.at))} · kepada ${escapeHtml(letter.to)}</span></li>`
		);
	const list =
		rows.length > 0
			? `<ol class="letters">${rows.join('')}</ol>`
			: '<p class="soft">Belum ada surat. Ringkasan pagi ditulis pukul 08.00 pada hari kerja; dari halaman penerusan di SPATULA ringkasan juga dapat dikirim ke e-mail sendiri kapan saja.</p>';
	return frame(
		'Surat',
		section(
			`Surat yang dikirim SPATULA (${letters.length})`,
			`<p class="soft">Ditampung di komputer ini dan tidak diteruskan ke siapa pun.</p>${list}`
		)
	);
}

const section = (title: string, body: string): string => `<section><h1>${escapeHtml(title)}</h1>${body}</section>`;

/** One letter as its reader gets it. */
export function letterPage(letter: ShownLetter): string {
	const facts = [
		['Dari', letter.from],
		['Kepada', letter.to],
		['Diterima', wibText(letter.at)],
		['Message-ID', letter.messageId]
	].map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
	return frame(
		letter.subject,
		`<p><a href="/surat">Semua surat</a></p>
<section><h1>${escapeHtml(letter.subject)}</h1><dl>${facts.join('')}</dl><pre class="letter">${withLinks(letter.text)}</pre></section>`
	);
}

/** Addresses in a text become links; everything else stays text. */
const withLinks = (text: string): string =>
	escapeHtml(text).replace(/https?:\/\/[^\s<>]+/g, (address) => `<a href="${address}">${address}</a>`);
