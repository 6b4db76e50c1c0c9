import type { Language } from '#lib/ui/shell/languages.ts';

/** The language of a kiosk: its own, until a visitor chooses another. Only for the browser. */
class KioskLanguage {
	/** The language the page was loaded in; restored for the next visitor. */
	own: Language = 'id';
	current = $state<Language>('id');

	begin(own: Language): void {
		this.own = own;
		this.current = own;
	}

	speak(chosen: Language): void {
		this.current = chosen;
		document.documentElement.lang = chosen;
	}

	/** Whether a visitor has chosen another. */
	get borrowed(): boolean {
		return this.current !== this.own;
	}

	giveBack(): void {
		this.speak(this.own);
	}
}

export const language = new KioskLanguage();
