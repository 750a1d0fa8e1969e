/** Order matters: the library first, then our tokens and base rules. */
import './layers.css'
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './tokens.css'
import './base.css'
