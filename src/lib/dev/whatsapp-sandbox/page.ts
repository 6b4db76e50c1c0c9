import { escapeHtml, withLinks } from '#lib/dev/lapor-sandbox/pages.ts';
import type { Faults, PhoneMessage, SandboxState } from './store.ts';

const STYLE = `
:root{color-scheme:light dark;--ink:#17211c;--soft:#55635b;--line:#cfd8d2;--paper:#fff;--ground:#eef1ee;--mine:#d9f2dc;--act:#0b6b4f;--act-ink:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e8eeea;--soft:#a9b8af;--line:#3a4740;--paper:#1d2622;--ground:#121815;--mine:#1e4434;--act:#7fd3b4;--act-ink:#0c1713}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.45 system-ui,sans-serif}
main{display:grid;grid-template-columns:minmax(0,26rem) minmax(0,24rem);gap:1.25rem;justify-content:center;padding:1rem;max-width:64rem;margin:0 auto;align-items:start}
@media (max-width:48rem){main{grid-template-columns:minmax(0,1fr);padding:.5rem}}
.phone,.side{background:var(--paper);border:1px solid var(--line);border-radius:1.25rem;overflow:hidden}.side{padding:1rem;border-radius:.75rem}
header{padding:.75rem 1rem;border-bottom:1px solid var(--line)}h1{font-size:1.1rem;margin:0}h2{font-size:1rem;margin:0 0 .5rem}.soft{color:var(--soft);font-size:.875rem;margin:.25rem 0}
#log{height:60vh;min-height:20rem;overflow-y:auto;padding:1rem;background:var(--ground);display:flex;flex-direction:column;gap:.6rem}
.bubble{background:var(--paper);border:1px solid var(--line);border-radius:.25rem .9rem .9rem .9rem;padding:.5rem .75rem;max-width:88%;align-self:flex-start;overflow-wrap:anywhere}
.bubble.mine{background:var(--mine);align-self:flex-end;border-radius:.9rem .25rem .9rem .9rem}.bubble p{margin:0;white-space:pre-wrap}.bubble .soft{text-align:right}
.bubble img{max-width:100%;border-radius:.5rem;display:block}.bubble audio{width:100%}.choices{display:grid;gap:.4rem;margin-top:.5rem}
form{margin:0}button{font:inherit;font-weight:600;min-height:2.75rem;padding:.4rem .9rem;border:1px solid var(--act);border-radius:.6rem;background:transparent;color:var(--act);cursor:pointer}
.choices button{width:100%;text-align:start}.choices small{display:block;font-weight:400;color:var(--soft)}.main{background:var(--act);color:var(--act-ink)}
.write{display:grid;gap:.5rem;padding:.75rem 1rem;border-top:1px solid var(--line)}.row{display:flex;gap:.5rem;flex-wrap:wrap;align-items:end}.row>*{flex:1 1 7rem}
label{display:block;font-weight:600;font-size:.9rem}input,select,textarea{font:inherit;width:100%;padding:.5rem;border:1px solid var(--soft);border-radius:.5rem;background:var(--paper);color:var(--ink)}
input[type=checkbox]{width:1.25rem;height:1.25rem;vertical-align:-.25rem;margin-inline-end:.4rem}.side form{display:grid;gap:.75rem}summary{font-weight:600;cursor:pointer;min-height:2.75rem;padding:.5rem 0}a{color:var(--act)}
:focus-visible{outline:3px solid #c77700;outline-offset:2px}`;

/** Loads the messages again each second. Without scripts, they load when a form is sent. */
const SCRIPT = `
const log = document.getElementById('log');
const down = () => { log.scrollTop = log.scrollHeight };
down();
setInterval(async () => {
	// A button that somebody is about to press by the keyboard must not lose its focus.
	if (log.querySelector('button:focus-visible, summary:focus-visible')) return;
	const response = await fetch(log.dataset.from).catch(() => undefined);
	const html = response?.ok ? await response.text() : log.innerHTML;
	if (html === log.dataset.last) return;
	const open = [...log.querySelectorAll('details[open]')].map(({ id }) => id);
	log.innerHTML = log.dataset.last = html;
	for (const id of open) document.getElementById(id)?.setAttribute('open', '');
	down();
}, 1000);`;

const STATES: Readonly<Record<string, string>> = { sent: 'terkirim', delivered: 'diterima', read: 'dibaca' };

/** The messages of a phone as HTML. Every foreign text is escaped. */
export function messagesOf(store: SandboxState, number: string): string {
	const messages = store.phone(number);
	if (messages.length === 0) return '<p class="soft">Belum ada pesan. Tulis "Selamat pagi" untuk memulai.</p>';
	return messages.map((message) => bubble(store, number, message)).join('');
}

function bubble(store: SandboxState, number: string, message: PhoneMessage): string {
	const media = message.media === undefined ? undefined : store.media.get(message.media);
	const source = `/berkas/${escapeHtml(message.media)}`;
	const file = !media
		? ''
		: media.mediaType.startsWith('image/')
			? `<img src="${source}" alt="Foto">`
			: media.mediaType.startsWith('audio/')
				? `<audio controls src="${source}"></audio>`
				: `<a href="${source}">${escapeHtml(media.name ?? 'Berkas')}</a>`;
	const time = `${message.at.slice(11, 16)} UTC${message.fromCitizen ? '' : ` · ${STATES[message.state] ?? message.state}`}`;
	return `<article class="bubble${message.fromCitizen ? ' mine' : ''}">${file}<p>${withLinks(message.text)}</p>${choicesOf(number, message)}<p class="soft">${escapeHtml(time)}</p></article>`;
}

function choicesOf(number: string, { id, choices, listButton }: PhoneMessage): string {
	if (choices.length === 0) return '';
	const buttons = choices.map(
		(
			choice
		) => `<form method="post" action="/pilih"><input type="hidden" name="number" value="${escapeHtml(number)}"><input type="hidden" name="message" value="${escapeHtml(id)}">
<button name="choice" value="${escapeHtml(choice.id)}">${escapeHtml(choice.title)}${choice.description ? `<small>${escapeHtml(choice.description)}</small>` : ''}</button></form>`
	);
	const list = `<div class="choices">${buttons.join('')}</div>`;
	if (listButton === undefined) return list;
	return `<details id="d-${escapeHtml(id)}"><summary>${escapeHtml(listButton)}</summary>${list}</details>`;
}

const option = (value: string, word: string, chosen: boolean) =>
	`<option value="${value}"${chosen ? ' selected' : ''}>${word}</option>`;

const ERRORS: Readonly<Record<string, string>> = {
	'131047': '131047: lewat 24 jam',
	'131026': '131026: tidak dapat dikirim',
	'131056': '131056: terlalu sering ke nomor ini',
	'130429': '130429: terlalu banyak pesan',
	'80007': '80007: batas akun',
	'190': '190: token tidak berlaku'
};

function faultForm({ repeat, randomOrder, loseResponse, error, filesExpired, withoutStatuses }: Faults): string {
	const box = (name: string, on: boolean, word: string) =>
		`<label><input type="checkbox" name="${name}"${on ? ' checked' : ''}>${word}</label>`;
	const errors = Object.entries(ERRORS).map(([code, word]) => option(code, word, String(error) === code));
	const times = [1, 2, 20].map((count) => option(String(count), `${count} kali`, count === repeat));
	return `<form method="post" action="/gangguan"><h2>Gangguan buatan</h2>
<div><label for="repeat">Setiap webhook dikirim</label><select id="repeat" name="repeat">${times.join('')}</select></div>
${box('randomOrder', randomOrder, 'Kirim webhook tidak berurutan')}${box('loseResponse', loseResponse, 'Terima pesan, tetapi putuskan sambungan sebelum menjawab')}${box('withoutStatuses', withoutStatuses, 'Jangan kirim status (diterima, dibaca)')}${box('filesExpired', filesExpired, 'Berkas sudah kedaluwarsa')}
<div><label for="error">Jawab pengiriman dengan</label><select id="error" name="error">${option('', 'berhasil', error === null)}${errors.join('')}</select></div>
<button>Terapkan</button></form>`;
}

/** The page of one phone. */
export function phonePage(store: SandboxState, number: string, name: string): string {
	const here = `number=${encodeURIComponent(number)}`;
	const hidden = `<input type="hidden" name="number" value="${escapeHtml(number)}"><input type="hidden" name="name" value="${escapeHtml(name)}">`;
	const others = store.numbers().filter((one) => one !== number);
	const links = others
		.map((one) => `<a href="/?number=${encodeURIComponent(one)}">+${escapeHtml(one)}</a>`)
		.join(' · ');
	return `<!doctype html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ponsel warga · Tiruan WhatsApp</title><style>${STYLE}</style></head><body><main>
<section class="phone" aria-label="Ponsel warga"><header><h1>Kantor di WhatsApp</h1><p class="soft">Ponsel ${escapeHtml(name)}, +${escapeHtml(number)}</p></header>
<div id="log" role="log" tabindex="-1" aria-label="Percakapan" data-from="/pesan?${here}">${messagesOf(store, number)}</div>
<div class="write"><form method="post" action="/kirim">${hidden}<div class="row"><div style="flex:4 1 10rem"><label for="text">Pesan</label><textarea id="text" name="text" rows="2" required maxlength="4096"></textarea></div><button class="main">Kirim pesan</button></div></form>
<form method="post" action="/kirim-berkas" enctype="multipart/form-data">${hidden}<div class="row"><div style="flex:4 1 10rem"><label for="file">Foto, dokumen, atau suara</label><input id="file" type="file" name="file" required></div><button>Kirim berkas</button></div></form>
<form method="post" action="/suara">${hidden}<button>Kirim pesan suara contoh</button></form></div></section>
<aside class="side"><p class="soft">Tiruan untuk pengembangan dan peragaan. Tidak terhubung ke WhatsApp.</p>${faultForm(store.faults)}
<h2 style="margin-top:1.25rem">Ponsel lain</h2><form method="get" action="/"><div class="row"><div><label for="number">Nomor</label><input id="number" name="number" inputmode="numeric" pattern="[0-9]{5,15}" value="${escapeHtml(number)}"></div><div><label for="name">Nama profil</label><input id="name" name="name" value="${escapeHtml(name)}" maxlength="60"></div></div><button>Pakai ponsel ini</button></form>
<p class="soft">${links}</p></aside></main><script>${SCRIPT}</script></body></html>`;
}
