import type { Language } from '#lib/ui/shell/languages.ts';

/** The language a kiosk speaks: its own, until somebody chooses another for themselves. Only for the browser. */
class KioskLanguage {
	/** As the page came; the next visitor finds it again. */
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
