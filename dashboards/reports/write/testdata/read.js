// Reads reports as people do: on a phone, on a screen as wide as A4, and printed. It
// prints what is wrong, a line each, and ends with 1 if anything is.
//   node read.js CHROMIUM FOLDER-FOR-PICTURES FILE...
const { chromium } = require('playwright-core')
const axe = require('axe-core')
const path = require('path')
const { pathToFileURL } = require('url')

const [program, pictures, ...files] = process.argv.slice(2)
const screens = { phone: { width: 390, height: 844 }, a4: { width: 794, height: 1123 } }

async function main() {
  const browser = await chromium.launch({
    executablePath: program,
    args: ['--headless', '--no-sandbox', '--disable-background-networking', '--disable-sync'],
  })
  const wrong = []
  for (const [screen, viewport] of Object.entries(screens)) {
    const context = await browser.newContext({ viewport, bypassCSP: true })
    for (const file of files) {
      const page = await context.newPage()
      const name = path.basename(file, '.html') + '-' + screen
      page.on('pageerror', (e) => wrong.push(`${name}: ${e}`))
      page.on('request', (r) => { if (!r.url().startsWith('file:')) wrong.push(`${name}: asks for ${r.url()}`) })
      await page.goto(pathToFileURL(file).href)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      if (wide > 0) wrong.push(`${name}: ${wide} pixels too wide`)
      await page.addScriptTag({ content: axe.source })
      const found = await page.evaluate(() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
      for (const v of found.violations) {
        for (const n of v.nodes) wrong.push(`${name}: ${v.id}: ${n.html.slice(0, 150)}: ${n.failureSummary.split('\n').slice(1).join(' ').trim().slice(0, 200)}`)
      }
      if (pictures) {
        await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true })
        if (screen === 'a4') await page.pdf({ path: path.join(pictures, `${name}.pdf`), preferCSSPageSize: true })
      }
      await page.close()
    }
    await context.close()
  }
  await browser.close()
  for (const line of wrong) console.log(line)
  process.exitCode = wrong.length ? 1 : 0
}

main()
