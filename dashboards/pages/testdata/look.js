// Looks at pages as people do: on a phone and on a wall, in light and in dark, with
// the keyboard. It prints what is wrong, a line each, and ends with 1 if anything is.
//   node look.js CHROMIUM FOLDER-FOR-PICTURES URL...
const { chromium } = require('playwright-core')
const axe = require('axe-core')
const path = require('path')

const [program, pictures, ...urls] = process.argv.slice(2)
const screens = { phone: { width: 390, height: 844 }, wall: { width: 1920, height: 1080 } }

async function main() {
  const browser = await chromium.launch({
    executablePath: program,
    args: ['--headless', '--no-sandbox', '--disable-background-networking', '--disable-sync'],
  })
  const wrong = []
  for (const [screen, viewport] of Object.entries(screens)) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true })
      for (const url of urls) {
        const page = await context.newPage()
        const where = `${new URL(url).pathname} on a ${screen}, ${colorScheme}`
        page.on('pageerror', (e) => wrong.push(`${where}: ${e}`))
        await page.goto(url)
        await page.keyboard.press('Tab')
        const first = await page.evaluate(() => document.activeElement.className)
        if (first !== 'skip') wrong.push(`${where}: the first Tab does not lead to the skip link, but to "${first}"`)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        if (wide > 0) wrong.push(`${where}: ${wide} pixels too wide`)
        await page.addScriptTag({ content: axe.source })
        const found = await page.evaluate(() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
        for (const v of found.violations) {
          for (const n of v.nodes) wrong.push(`${where}: ${v.id}: ${n.html.slice(0, 150)}: ${n.failureSummary.split('\n').slice(1).join(' ').trim().slice(0, 200)}`)
        }
        const name = (new URL(url).pathname.replace(/\W+/g, '-') + '-' + screen + '-' + colorScheme).replace(/^-+/, '')
        if (pictures) await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: screen === 'phone' })
        await page.close()
      }
      await context.close()
    }
  }
  await browser.close()
  for (const line of wrong) console.log(line)
  process.exitCode = wrong.length ? 1 : 0
}

main()
