/** Where a tablet or a display can stand: a box and a poster have no counter behind them. */
export const takesDevices = (kind: string): boolean => kind === 'desk' || kind === 'kiosk';
